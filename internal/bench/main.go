// Command bench prints how fast and how small Plimsoll is: figures, what they may be, and their ratio to a floor that the same
// run measured. It ends with 1 where a figure is over its limit. CPU time is user and system time of the process at hand.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime/pprof"
)

func main() {
	part := flag.String("part", "", "run one part in this process (used by bench itself)")
	file := flag.String("file", "", "the file that the part reads")
	only := flag.String("only", "", "measure this alone: score, server, report, collector, or collecting, which is measured only so and best on an idle machine")
	profile := flag.String("profile", "", "write a CPU profile of this process to the file")
	flag.Parse()
	if *profile != "" {
		out, err := os.Create(*profile)
		if err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
		defer out.Close()
		if err := pprof.StartCPUProfile(out); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
	}
	var err error
	switch *part {
	case "":
		err = all(*only)
	case "yaml-floor":
		err = yamlFloor(*file)
	case "pages-floor":
		err = pagesFloor(*file)
	case "snapshot-floor":
		err = snapshotFloor(*file)
	default:
		err = fmt.Errorf("no part %q", *part)
	}
	pprof.StopCPUProfile()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// collecting starts servers of several gigabytes and takes a quarter of an hour.
const collecting = "collecting"

// all runs every measurement and prints one table.
func all(only string) error {
	dir, err := os.MkdirTemp("", "plimsoll-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o755); err != nil { // the database may run as another user
		return err
	}
	var t table
	for _, part := range []struct {
		name    string
		measure func(*table, string) error
	}{{"score", measureScore}, {"server", measureServer}, {"report", measureReport}, {"collector", measureCollector}, {collecting, measureCollecting}} {
		if only != part.name && (only != "" || part.name == collecting) {
			continue
		}
		if err := part.measure(&t, dir); err != nil {
			t.print(os.Stdout)
			return err
		}
	}
	t.print(os.Stdout)
	return t.over()
}
