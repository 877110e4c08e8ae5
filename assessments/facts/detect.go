package facts

func javaOfContainer(*Container) *Java { return nil }

func javaOfCustomResource(*CustomResource) *Java { return nil }
