"""Answers questions about rules with the real oslo.policy: reads and prints one JSON list."""
import json
import sys

from oslo_config import cfg
from oslo_policy import policy

answers = []
for question in json.load(sys.stdin):
    enforcer = policy.Enforcer(cfg.ConfigOpts(), use_conf=False)
    enforcer.set_rules(policy.Rules.from_dict(question["rules"]), use_conf=False)
    answers.append(bool(enforcer.enforce("asked", question["target"], question["credentials"])))
json.dump(answers, sys.stdout)
