/** What the system does most often, in nanoseconds and bytes of garbage; by JMH, whose rules for such loops are the field's. */
package org.cloudos.test.micro;
