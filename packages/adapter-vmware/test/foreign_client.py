"""Asks a vSphere, simulated or not, with pyvmomi what our adapter asks it, and prints what it answers as JSON.

Whoever doubts the fixture, or our SOAP, can compare the two: pyvmomi shares no code with either.
"""

import json
import ssl
import sys

from pyVim.connect import Disconnect, SmartConnect
from pyVmomi import vim, vmodl

host, port, user, password = sys.argv[1:5]
context = ssl.create_default_context()
# The fixture's certificate is its own; it runs on loopback.
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE


def fault_of(call, *arguments):
    try:
        call(*arguments)
    except vmodl.MethodFault as fault:
        return type(fault).__name__.rsplit(".", 1)[-1]
    return None


def wrong_password():
    SmartConnect(host=host, port=int(port), user=user, pwd="wrong", sslContext=context)


instance = SmartConnect(host=host, port=int(port), user=user, pwd=password, sslContext=context)
try:
    content = instance.RetrieveContent()
    view = content.viewManager.CreateContainerView(content.rootFolder, [vim.VirtualMachine], True)
    virtual_machines = list(view.view)
    view.Destroy()
    first = virtual_machines[0]
    found = content.searchIndex.FindByUuid(None, first.config.instanceUuid, True, True)
    ticket = first.AcquireTicket("webmks")
    wrong_type = fault_of(first.AcquireTicket, "nonsense")
    if len(sys.argv) > 5:
        key = content.customFieldsManager.AddFieldDefinition(name=sys.argv[5], moType=vim.VirtualMachine).key
        content.customFieldsManager.SetField(first, key, sys.argv[6])
    answer = {
        "servers": {
            vm.config.instanceUuid: {"name": vm.name, "host": vm.runtime.host.name, "power": vm.runtime.powerState}
            for vm in virtual_machines
        },
        "first": first.config.instanceUuid,
        "found": found == first,
        "unknown": content.searchIndex.FindByUuid(None, "00000000-0000-4000-8000-000000000000", True, True) is None,
        "ticket": {"ticket": ticket.ticket, "host": ticket.host, "port": ticket.port, "sha1": ticket.sslThumbprint},
        "wrongType": wrong_type,
        "wrongPassword": fault_of(wrong_password),
    }
finally:
    Disconnect(instance)
print(json.dumps(answer))
