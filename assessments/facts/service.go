package facts

// TakesExternalTraffic reports whether the service takes traffic from outside of the cluster.
func (s *Service) TakesExternalTraffic() bool {
	return s.Type == "LoadBalancer" || s.Type == "NodePort" || len(s.ExternalAddresses) > 0
}
