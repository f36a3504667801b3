import { AtomFactory } from 'atomjs';
import { GreeterModule } from './greeter-module.js';

await AtomFactory.create(GreeterModule).listen();
