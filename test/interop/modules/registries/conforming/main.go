// Command conforming is an OCI registry in memory that lists referrers as the distribution specification asks for.
// It listens on a free port of the loopback interface and prints "listening HOST:PORT".
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"

	"cuelabs.dev/go/oci/ociregistry/ocimem"
	"cuelabs.dev/go/oci/ociregistry/ociserver"
)

func main() {
	version := flag.Bool("version", false, "print the version and exit")
	flag.Parse()
	if *version {
		fmt.Println("conforming 1")
		return
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening", listener.Addr())
	log.Fatal(http.Serve(listener, ociserver.New(ocimem.New(), nil)))
}
