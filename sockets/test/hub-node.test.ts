import { startNodeAcceptor, startNodeWs } from './harness.ts'
import { suite002 } from './suite-002.ts'

suite002('Node with ws', startNodeWs, 2)
suite002('Node with connections of this package', startNodeAcceptor, 0)
