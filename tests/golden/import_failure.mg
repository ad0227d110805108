# The error of an imported file says who imported it.
import "import_failure.inc"
