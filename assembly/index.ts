// The table of contents of the kernels: what the host may call. Conventions: README.md.
