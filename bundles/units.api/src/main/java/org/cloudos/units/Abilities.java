package org.cloudos.units;

import java.util.List;

/**
 * What can be done for units on this system.
 *
 * @param tracking    {@code cgroup}: each unit's processes are held by a control group; {@code tree}: by a parent that adopts orphans;
 *                    {@code none}: native processes can't be started, and {@code reason} says why
 * @param reason      in words; empty when all is there
 * @param controllers of control groups that limits can use: cpu, memory, io, pids
 * @param privileged  whether services can run as other users, in namespaces of their own and with fewer capabilities
 * @param folders     where unit files are read from, the strongest first
 */
public record Abilities(String tracking, String reason, List<String> controllers, boolean privileged, List<String> folders) { }
