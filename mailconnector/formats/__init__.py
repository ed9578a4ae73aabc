"""How pages write days, times and numbers, a package for each language (Django's
FORMAT_MODULE_PATH)."""
