"""Side-by-side measurements: modules with `main() -> int`, which is 0 when within the bar."""
