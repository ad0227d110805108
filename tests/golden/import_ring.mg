# A file runs once, the running script included.
import "imported.inc"
print("script"); width
import "import_ring.mg"
