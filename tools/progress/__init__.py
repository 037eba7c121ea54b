"""LeanProgress: how many steps a proof has left. Data sets, training, and the scorer that a search asks.

The idea and the formats are LeanProgress' (TMLR 2025; lean-dojo-v2). Nothing here imports torch, transformers or ijson
before it is used: they come with the extra `progress`.
"""
