"""The embedded toolchain: Lean 4 compiled to WebAssembly, run by Node."""
