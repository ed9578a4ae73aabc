"""The section Account: what it tells, Check now, what a change of the account means."""
