// The opa command as its releases for Linux are: with the engine that evaluates WebAssembly.
package main

import (
	"fmt"
	"os"

	"github.com/open-policy-agent/opa/cmd"
	_ "github.com/open-policy-agent/opa/v1/features/wasm"
)

func main() {
	if err := cmd.RootCommand.Execute(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
