"""Logs in to a WS-Man service with pywinrm, which shares no code with ours, and prints what came of it as JSON.

    foreign_client.py URL CA_FILE TRANSPORT USER PASSWORD

`faulted` is the fault that a service answers which has no shell: whoever gets it was let in.
"""

import json
import sys

import winrm

url, ca_file, transport, user, password = sys.argv[1:6]
session = winrm.Session(
    url, auth=(user, password), transport=transport, server_cert_validation="validate", ca_trust_path=ca_file
)
try:
    session.run_cmd("ver")
    answer = {"outcome": "ran"}
except winrm.exceptions.InvalidCredentialsError:
    answer = {"outcome": "refused"}
except winrm.exceptions.WinRMTransportError as error:
    answer = {"outcome": "faulted", "status": error.code, "text": str(error.response_text)}
print(json.dumps(answer))
