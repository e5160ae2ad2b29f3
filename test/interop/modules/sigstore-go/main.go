// Command sigstore-go judges Sigstore bundles with sigstore-go: main TRUSTED_ROOT SHA256_HEX BUNDLE…
// It prints a line for each bundle: "ok IDENTITY", or "refused" and why. Called as main -version it prints its version.
package main

import (
	"encoding/hex"
	"fmt"
	"os"

	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/verify"
)

func main() {
	if len(os.Args) == 2 && os.Args[1] == "-version" {
		fmt.Println("sigstore-go 1.3.0")
		return
	}
	trusted, err := root.NewTrustedRootFromPath(os.Args[1])
	if err != nil {
		panic(err)
	}
	digest, err := hex.DecodeString(os.Args[2])
	if err != nil {
		panic(err)
	}
	for _, path := range os.Args[3:] {
		identity, err := judge(trusted, digest, path)
		if err != nil {
			fmt.Printf("refused %q\n", err)
		} else {
			fmt.Println("ok", identity)
		}
	}
}

func judge(trusted *root.TrustedRoot, digest []byte, path string) (string, error) {
	read, err := bundle.LoadJSONFromPath(path)
	if err != nil {
		return "", err
	}
	verifier, err := verify.NewVerifier(trusted, verify.WithSignedCertificateTimestamps(1),
		verify.WithTransparencyLog(1), verify.WithObserverTimestamps(1))
	if err != nil {
		return "", err
	}
	anybody, err := verify.NewShortCertificateIdentity("", ".*", "", ".*")
	if err != nil {
		return "", err
	}
	policy := verify.NewPolicy(verify.WithArtifactDigest("sha256", digest), verify.WithCertificateIdentity(anybody))
	result, err := verifier.Verify(read, policy)
	if err != nil {
		return "", err
	}
	return result.Signature.Certificate.SubjectAlternativeName, nil
}
