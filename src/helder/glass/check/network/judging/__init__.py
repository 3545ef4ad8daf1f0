"""What a step of somebody's network is: tried, compared with the reference, named and located."""
