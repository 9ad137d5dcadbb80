"""Running as a service: Prefect server, deployments, file server, notices, and what a run shows in the Prefect UI."""
