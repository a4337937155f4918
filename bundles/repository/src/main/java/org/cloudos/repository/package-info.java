/** Bundles by Maven coordinates. Nobody outside uses this package; see {@code org.cloudos.kernel.swap.Repository}. */
package org.cloudos.repository;
