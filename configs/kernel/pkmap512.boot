pkmap_entries=512
