"""What an installation needs to send mail, each point with its state and its fix.

facts.py             what the points are judged by: plain values
local_facts.py       reads them from this machine, database and settings; calls nobody outside
microsoft_facts.py   asks Microsoft for the others
finding.py           a point, and what is found at it: plain values
local_points.py      judges this machine, its database and its processes; pure
microsoft_points.py  judges the way to Microsoft, and what Microsoft said; pure
points.py            all points in their order
"""
