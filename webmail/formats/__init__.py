"""How dates, times and numbers are written: one module per language, over Django's own (FORMAT_MODULE_PATH)."""
