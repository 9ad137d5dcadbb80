"""The bundled sample: small files of illustrative figures in the publishers' layouts, for a site on loopback."""
