"""How a flow compares with other dyads: placebos, hand-picked pairs, synthetic controls, breaks."""
