highwater_twin=1
