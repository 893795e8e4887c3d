"""The page Kernels: chains of steps, and what is drawn and said of them. The arithmetic itself is in `filters/`."""
