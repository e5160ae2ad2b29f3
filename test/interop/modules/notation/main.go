// Command notation signs images and verifies signatures with the Notary Project's own library; there is no pinned way to
// get its command line.
//
//	notation sign -key KEY -chain PEM -type MEDIA_TYPE [-expiry DURATION] [-meta KEY=VALUE] REFERENCE
//	notation verify -ca PEM [-tsa PEM] [-authority PEM] -identity TRUSTED_IDENTITY REFERENCE
//
// verify prints "ok", or "refused" and why, for each signature that it found. Registries are asked over plain HTTP.
package main

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/notaryproject/notation-go"
	"github.com/notaryproject/notation-go/registry"
	"github.com/notaryproject/notation-go/signer"
	"github.com/notaryproject/notation-go/verifier"
	"github.com/notaryproject/notation-go/verifier/trustpolicy"
	"github.com/notaryproject/notation-go/verifier/truststore"
	"oras.land/oras-go/v2/registry/remote"
)

const maxSignatures = 50

func main() {
	if len(os.Args) < 2 || os.Args[1] == "-version" {
		fmt.Println("notation-go 1.3.2")
		return
	}
	command := map[string]func([]string) error{"sign": sign, "verify": verify}[os.Args[1]]
	if command == nil {
		fmt.Fprintln(os.Stderr, "expected sign or verify")
		os.Exit(2)
	}
	if err := command(os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func sign(arguments []string) error {
	flags := flag.NewFlagSet("sign", flag.ExitOnError)
	key := flags.String("key", "", "")
	chain := flags.String("chain", "", "")
	mediaType := flags.String("type", "", "")
	expiry := flags.Duration("expiry", 0, "")
	meta := flags.String("meta", "", "")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	by, err := signer.NewGenericSignerFromFiles(*key, *chain)
	if err != nil {
		return err
	}
	repository, err := open(flags.Arg(0))
	if err != nil {
		return err
	}
	options := notation.SignOptions{ArtifactReference: flags.Arg(0), UserMetadata: map[string]string{}}
	options.SignatureMediaType = *mediaType
	options.ExpiryDuration = *expiry
	options.SigningAgent = "assay-interop/1"
	if name, value, found := strings.Cut(*meta, "="); found {
		options.UserMetadata[name] = value
	}
	_, err = notation.Sign(context.Background(), by, repository, options)
	return err
}

// stores are trust stores in memory, all of the same name.
type stores map[truststore.Type][]*x509.Certificate

func (s stores) GetCertificates(_ context.Context, kind truststore.Type, _ string) ([]*x509.Certificate, error) {
	if len(s[kind]) == 0 {
		return nil, errors.New("no such trust store")
	}
	return s[kind], nil
}

func verify(arguments []string) error {
	flags := flag.NewFlagSet("verify", flag.ExitOnError)
	files := map[truststore.Type]*string{
		truststore.TypeCA:               flags.String("ca", "", ""),
		truststore.TypeTSA:              flags.String("tsa", "", ""),
		truststore.TypeSigningAuthority: flags.String("authority", "", ""),
	}
	identity := flags.String("identity", "", "")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	trusted := stores{}
	var names []string
	level := trustpolicy.SignatureVerification{
		VerificationLevel: "strict",
		VerifyTimestamp:   trustpolicy.OptionAfterCertExpiry,
	}
	for kind, file := range files {
		if *file == "" {
			continue
		}
		certificates, err := read(*file)
		if err != nil {
			return err
		}
		trusted[kind] = certificates
		names = append(names, string(kind)+":lab")
	}
	policy := &trustpolicy.Document{Version: "1.0", TrustPolicies: []trustpolicy.TrustPolicy{{
		Name:                  "lab",
		RegistryScopes:        []string{"*"},
		SignatureVerification: level,
		TrustStores:           names,
		TrustedIdentities:     []string{*identity},
	}}}
	judge, err := verifier.New(policy, trusted, nil)
	if err != nil {
		return err
	}
	repository, err := open(flags.Arg(0))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	options := notation.VerifyOptions{ArtifactReference: flags.Arg(0), MaxSignatureAttempts: maxSignatures}
	_, outcomes, err := notation.Verify(ctx, judge, repository, options)
	if err != nil {
		fmt.Printf("refused %q\n", err)
		return nil
	}
	for _, outcome := range outcomes {
		fmt.Println("ok", outcome.EnvelopeContent.SignerInfo.CertificateChain[0].Subject)
	}
	return nil
}

func open(reference string) (registry.Repository, error) {
	repository, err := remote.NewRepository(reference)
	if err != nil {
		return nil, err
	}
	repository.PlainHTTP = true
	return registry.NewRepository(repository), nil
}

func read(path string) ([]*x509.Certificate, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var found []*x509.Certificate
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		found = append(found, certificate)
	}
	return found, nil
}
