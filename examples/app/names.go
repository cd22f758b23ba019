package main

import (
	"crypto/rand"
	"fmt"
	"strings"
)

// tagValue writes a text as a Datadog tag value: lower case, no spaces, no commas, no pipes.
func tagValue(text string) string {
	return strings.ToLower(strings.NewReplacer(" ", "_", ",", "_", "|", "_", "{", "", "}", "").Replace(text))
}

// newUUID gives a random UUID, version 4.
func newUUID() string {
	var raw [16]byte
	_, _ = rand.Read(raw[:]) // never fails since Go 1.24
	raw[6] = raw[6]&0x0f | 0x40
	raw[8] = raw[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", raw[:4], raw[4:6], raw[6:8], raw[8:10], raw[10:])
}
