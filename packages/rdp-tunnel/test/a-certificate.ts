import { X509Certificate } from 'node:crypto';

/** Self-signed, P-256, without a key: only for what reads certificates. */
export const certificate = new X509Certificate(`-----BEGIN CERTIFICATE-----
MIIBbjCCARWgAwIBAgIUaFOXqNq79fPvcjb6A6xMtRcRTIEwCgYIKoZIzj0EAwIw
DDEKMAgGA1UEAwwBdDAgFw0yNjExMjQxMzQ1MzlaGA8yMTI2MTAzMTEzNDUzOVow
DDEKMAgGA1UEAwwBdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABD4N3tE6WRXg
JaILvwopGhG1pi7f7g4gBc4nNhNEk6YNjLR17lDI30GZipmLwMe5iO9y2VvZm4Ir
lfn7/cxbOrWjUzBRMB0GA1UdDgQWBBQeWpeIHmUQQlQhSyd5W3vcSOfpfzAfBgNV
HSMEGDAWgBQeWpeIHmUQQlQhSyd5W3vcSOfpfzAPBgNVHRMBAf8EBTADAQH/MAoG
CCqGSM49BAMCA0cAMEQCIF9gOLpg+v/6i6ks8OpDMvaDXHi9OrBJZUOH4tu+oQSn
AiBb/g7CN+pYdvMdkMMu++edOP43PjgOqaO+4dYItINptA==
-----END CERTIFICATE-----`);
