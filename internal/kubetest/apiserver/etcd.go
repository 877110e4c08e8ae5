package main

import (
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"time"

	"go.etcd.io/etcd/server/v3/embed"
)

// etcdTimeout bounds the election of the only member by itself.
const etcdTimeout = time.Minute

// startEtcd starts a store below dir and returns the endpoint that clients dial. The endpoint is a socket in the file system:
// no port can be taken by somebody else. Nothing is synced to disk, since nothing has to survive.
func startEtcd(dir string, stopped chan<- error) (string, error) {
	client := url.URL{Scheme: "unix", Path: filepath.Join(dir, "etcd.sock")}
	// The only member has no peer to talk to, but must listen for one; the kernel picks the port.
	peer := url.URL{Scheme: "http", Host: "127.0.0.1:0"}

	config := embed.NewConfig()
	config.Dir = filepath.Join(dir, "etcd")
	config.LogLevel = "error"
	config.UnsafeNoFsync = true
	config.ListenClientUrls = []url.URL{client}
	config.AdvertiseClientUrls = []url.URL{client}
	config.ListenPeerUrls = []url.URL{peer}
	config.AdvertisePeerUrls = []url.URL{peer}
	config.InitialCluster = config.InitialClusterFromName(config.Name)

	etcd, err := embed.StartEtcd(config)
	if err != nil {
		return "", fmt.Errorf("start etcd: %w", err)
	}
	select {
	case <-etcd.Server.ReadyNotify():
	case err := <-etcd.Err():
		return "", fmt.Errorf("start etcd: %w", err)
	case <-time.After(etcdTimeout):
		return "", errors.New("start etcd: not ready after " + etcdTimeout.String())
	}
	go func() { stopped <- fmt.Errorf("etcd: %w", <-etcd.Err()) }()
	return client.String(), nil
}
