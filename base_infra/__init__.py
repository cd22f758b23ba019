"""The base topology: one VPC, one load balancer, one Aurora cluster, one or several services, and their forwarding."""
