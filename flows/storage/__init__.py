"""Archive, staging cache and releases in object storage, shared by several machines (WORKFORCE_STORAGE).

The data folder stays the working copy of each machine; the bucket holds what they agree on:

    <prefix>/lease.json                      which machine refreshes now (`lease`)
    <prefix>/private/archive/…, staged/…     files that are only ever added (`exchange`, `staged`)
    <prefix>/private/archive/set-aside/…, config/…   decisions of operators, which may change (`exchange`)
    <prefix>/private/releases/<key>/…        the warehouse with every series, where some may not be passed on
    <prefix>/public/releases/<key>/…         a release as it may be served: files, exports, web site (`shared_releases`)
    <prefix>/public/latest.json              the newest release: changed by one conditional write
    <prefix>/public/workforce.duckdb, index.html   stable addresses of the newest warehouse and of its site

Where a Dask cluster reads (WORKFORCE_TASK_RUNNER), its workers take archived files from the bucket and store their
tables there (`reading`).

A refresh takes the lease, brings its folder up to date, works on the folder as it does without a bucket, and uploads
what is new. `<key>` is the id of a release and the beginning of the hash of its SHA256SUMS, so that two machines never
write different files under one address.
"""
