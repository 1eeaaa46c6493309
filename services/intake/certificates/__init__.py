"""The register of certificates (证书台账): what a grant gives, what became of it, and the public check."""
