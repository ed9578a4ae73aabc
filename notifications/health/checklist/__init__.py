"""What an installation needs to send mail, each point with its state and its fix.

facts.py      what the points are judged by: plain values
local.py      reads them from this machine, database and settings; calls nobody outside
outside.py    asks Microsoft
points.py     the points: pure, from facts to findings
"""
