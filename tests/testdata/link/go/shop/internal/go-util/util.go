// Package util has a name of its own.
package util

func Help() int { return 1 }
