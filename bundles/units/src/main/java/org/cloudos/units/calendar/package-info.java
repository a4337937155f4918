/** Calendar events of timers: systemd.time(7) "Calendar Events". Pure. */
package org.cloudos.units.calendar;
