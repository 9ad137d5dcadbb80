"""An S3 interface on loopback (moto), and the environment in which obstore, DuckDB and boto3 use it."""

from __future__ import annotations

import json
import logging
import os
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import boto3
from moto.server import ThreadedMotoServer


@contextmanager
def s3_interface() -> Iterator[str]:
    """The address of an S3 interface that runs in a thread of this process."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def s3_environment(address: str) -> dict[str, str]:
    """The variables by which clients find the interface at this address."""
    return {
        "AWS_ENDPOINT_URL": address,
        "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
        "AWS_VIRTUAL_HOSTED_STYLE_REQUEST": "false",
    }


def new_bucket(address: str, name: str) -> str:
    """Make a bucket; return the value of WORKFORCE_STORAGE for a prefix of it."""
    urllib.request.urlopen(urllib.request.Request(f"{address}/{name}", method="PUT")).close()
    return f"s3://{name}/workforce"


@contextmanager
def with_s3(address: str) -> Iterator[None]:
    """The environment of this process, with the interface at this address in it."""
    before = dict(os.environ)
    os.environ.update(s3_environment(address))
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def serve_publicly(address: str, storage: str) -> None:
    """Let everybody read what is below `public/`, and nothing else, as deploy/README.md says."""
    place = storage.removeprefix("s3://")
    policy = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{place}/public/*",
    }
    boto3.client("s3", endpoint_url=address).put_bucket_policy(
        Bucket=place.split("/")[0], Policy=json.dumps({"Version": "2012-10-17", "Statement": [policy]})
    )
