package cluster

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"k8s.io/client-go/tools/clientcmd"
)

// Contexts are the names of a kubeconfig's contexts, sorted. The path is as in Connection; a service account has none.
func Contexts(kubeconfig string) ([]string, error) {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = kubeconfig
	config, err := rules.Load()
	if err != nil {
		return nil, fmt.Errorf("read kubeconfig: %w", err)
	}
	if len(config.Contexts) == 0 {
		return nil, errors.New("the kubeconfig holds no contexts (--kubeconfig FILE, or KUBECONFIG)")
	}
	return slices.Sorted(maps.Keys(config.Contexts)), nil
}
