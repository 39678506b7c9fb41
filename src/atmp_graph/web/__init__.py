"""The site and the endpoint: Flask over a store, nothing that makes a release."""
