drop policy directory on organizations;
