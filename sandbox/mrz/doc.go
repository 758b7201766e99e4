// Package fakemrz plays the Biometric MRZ API: a Server gives every documented
// answer, and every fault worth playing, on demand.
//
// It is stricter than the service: a request that the service may forgive is
// refused, so that a mistake shows in a test and not in production. What it
// answers and where that is documented stands in answer.go, how an answer
// leaves, or breaks on its way, in write.go.
//
// It reads no picture: Config.Read does, or the lines are given. It charges
// nothing but counts what the service would have charged.
package fakemrz
