"""Key projects (重点项目): five ones, plan, guide, service, obstacles, reports, base data; one document each."""
