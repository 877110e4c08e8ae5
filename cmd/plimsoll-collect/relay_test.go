package main

import (
	"io"
	"net"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// way is what a relay does to one connection: it copies both directions, and ends or holds up what it wants to.
type way func(client, server net.Conn)

// relay is a loopback network between a client and a server, as good or bad as ways say: the first connection goes the first way,
// and all that come after the last go the last. It gives the address that stands for the server's.
func relay(t *testing.T, server string, ways ...way) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	var lock sync.Mutex
	var open []net.Conn
	t.Cleanup(func() {
		listener.Close()
		lock.Lock()
		defer lock.Unlock()
		for _, c := range open {
			c.Close()
		}
	})
	go func() {
		for n := 0; ; n++ {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", server)
			if err != nil {
				client.Close()
				continue
			}
			lock.Lock()
			open = append(open, client, far)
			lock.Unlock()
			go func() {
				defer client.Close()
				defer far.Close()
				ways[min(n, len(ways)-1)](client, far)
			}()
		}
	}()
	return listener.Addr().String()
}

// sound carries everything.
func sound(client, server net.Conn) {
	go func() { _, _ = io.Copy(server, client); _ = server.(*net.TCPConn).CloseWrite() }()
	_, _ = io.Copy(client, server)
}

// breaksAfter ends the connection when the client has sent so many bytes.
func breaksAfter(n int64) way {
	return func(client, server net.Conn) {
		go func() { _, _ = io.Copy(client, server) }()
		_, _ = io.CopyN(server, client, n)
	}
}

// stallsAfter carries nothing more when the client has sent so many bytes, and keeps the connection open.
func stallsAfter(n int64) way {
	return func(client, server net.Conn) {
		go func() { _, _ = io.CopyN(server, client, n) }()
		_, _ = io.Copy(client, server)
	}
}

// losesTheAnswer ends the connection when the server has sent more than a handshake: its answer.
func losesTheAnswer(arrived func() bool) way {
	return func(client, server net.Conn) {
		go func() { _, _ = io.Copy(server, client) }()
		buffer := make([]byte, 32<<10)
		for {
			n, err := server.Read(buffer)
			if err != nil || arrived() {
				return
			}
			if _, err := client.Write(buffer[:n]); err != nil {
				return
			}
		}
	}
}
