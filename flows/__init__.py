"""Finding, fetching and running: the catalogue of series, the publishers, the Prefect flow and the command."""
