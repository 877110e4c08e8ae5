// Package lawtest holds the laws of the house as tests: who may import whom, what a rule needs beside it, what every tenant
// table has, and that generated files are current. It has no other code.
package lawtest
