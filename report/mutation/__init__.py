"""Mutation testing of the claims: which small change of an installed package kills each."""
