"""The other end of an NTLM exchange, played by gss-ntlmssp.

gss-peer.py accept|init BINDINGS  (hex of the application data; '-' for none)
Reads one command a line (`token HEX`, `unwrap HEX`, `wrap HEX`), answers `ok HEX` or `error TEXT`.
"""

import sys

import gssapi
from gssapi.raw import ChannelBindings, acquire_cred_with_password

NTLM = gssapi.OID.from_int_seq("1.3.6.1.4.1.311.2.2.10")
role, data = sys.argv[1], sys.argv[2]
bindings = None if data == "-" else ChannelBindings(application_data=bytes.fromhex(data))

if role == "accept":
    context = gssapi.SecurityContext(
        creds=gssapi.Credentials(usage="accept", mechs=[NTLM]), usage="accept", channel_bindings=bindings
    )
else:
    user = gssapi.Name("LAB\\hvadmin", gssapi.NameType.user)
    creds = acquire_cred_with_password(user, b"hvpass", mechs=[NTLM], usage="initiate").creds
    flags = gssapi.RequirementFlag.confidentiality | gssapi.RequirementFlag.integrity
    context = gssapi.SecurityContext(
        name=gssapi.Name("TERMSRV@hv1", gssapi.NameType.hostbased_service),
        creds=gssapi.Credentials(base=creds),
        mech=NTLM,
        flags=flags,
        usage="initiate",
        channel_bindings=bindings,
    )

for line in sys.stdin:
    verb, _, text = line.strip().partition(" ")
    try:
        if verb == "token":
            token = context.step(bytes.fromhex(text) if text else None)
            who = str(context.initiator_name) if role == "accept" and context.complete else ""
            answer = f"{(token or b'').hex()} {who}"
        elif verb == "unwrap":
            answer = context.unwrap(bytes.fromhex(text)).message.hex()
        else:
            answer = context.wrap(bytes.fromhex(text), True).message.hex()
        print(f"ok {answer}", flush=True)
    except Exception as error:  # the test wants to see any failure as a line
        print(f"error {type(error).__name__} {error}".replace("\n", " "), flush=True)
