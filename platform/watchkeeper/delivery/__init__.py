"""What a commit deploys: the decisions behind the workflows, pure."""
