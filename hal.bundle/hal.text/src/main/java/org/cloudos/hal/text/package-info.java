/** Terminals as plain code: {@link org.cloudos.hal.text.Emulator} for the screen, {@link org.cloudos.hal.text.KeyText} for the keyboard. */
package org.cloudos.hal.text;
