package main

import (
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"syscall"
	"time"
)

// cost of one process: CPU seconds, peak memory in megabytes, and seconds from start to end.
type cost struct{ cpu, megabytes, wall float64 }

// run starts a program several times and returns the median cost. Exit codes up to 4 are results, not errors.
func run(times int, name string, args ...string) (cost, error) {
	var cpus, peaks, walls []float64
	for range times {
		command := exec.Command(name, args...)
		var stderr bytes.Buffer
		command.Stderr = &stderr
		start := time.Now()
		err := command.Run()
		walls = append(walls, time.Since(start).Seconds())
		var exit *exec.ExitError
		if err != nil && (!errors.As(err, &exit) || exit.ExitCode() == 1 || exit.ExitCode() > 4) {
			return cost{}, fmt.Errorf("%s %v: %w: %s", name, args, err, stderr.String())
		}
		usage := command.ProcessState.SysUsage().(*syscall.Rusage)
		cpus = append(cpus, command.ProcessState.UserTime().Seconds()+command.ProcessState.SystemTime().Seconds())
		peaks = append(peaks, float64(usage.Maxrss)/1024)
	}
	return cost{median(cpus), median(peaks), median(walls)}, nil
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// cpuOf measures this process while work runs.
func cpuOf(work func() error) (float64, error) {
	before := cpuNow()
	err := work()
	return (cpuNow() - before).Seconds(), err
}

func cpuNow() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
