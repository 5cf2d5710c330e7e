/** How elements cross the network between subtasks: serializers written for them, with a version in front of every element. */
@NullMarked
package io.tallymark.topology.wire;

import org.jspecify.annotations.NullMarked;
